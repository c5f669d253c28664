"""Elements of a scan: periodic table, maps, answers in words."""
