"""Everything that must survive a crash: SQLite behind one writer, files by their content."""
