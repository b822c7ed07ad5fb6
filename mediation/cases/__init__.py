"""The case file and its one transaction: parties, demands, proceedings, activities, evidence, the audit chain."""
