"""The clocks: how long a promise is, how it is counted, and which law says so."""
