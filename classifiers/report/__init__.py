"""How well messages are judged, with how far each figure may be off: as text, as JSON, and as a page to look at."""
