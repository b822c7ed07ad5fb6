"""练习数据: an anonymised copy of a live database in a folder of its own, with new keys and log-ins for practice."""
