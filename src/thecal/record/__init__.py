"""The record: entries in chains of hashes, their anchors, and the therapy they tell."""
