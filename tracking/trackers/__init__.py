"""An officer's spreadsheet, read and understood. Pure: no Django, no database."""
