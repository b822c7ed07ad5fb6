"""The law as data: articles, periods, calendars and the arithmetic of dates. Pure; knows no case and no database."""
