"""Jobs: long work with progress, cancel and a result; files in and out."""
