"""The channel of web forms: our own page, and any program that posts one."""
