"""The demonstration clinic: people and patients that do not exist, their days counted from today."""
