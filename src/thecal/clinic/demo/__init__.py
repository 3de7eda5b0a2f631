"""The demonstration clinic: nobody in it exists, and its days are counted from today."""
