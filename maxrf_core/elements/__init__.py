"""Elements of a scan: which are there, where, and how sure."""
