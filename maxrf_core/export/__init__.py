"""What leaves the program for others: all element maps in one file, and a report to read and print."""
