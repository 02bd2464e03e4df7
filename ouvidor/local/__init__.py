"""Everything on one machine with nothing installed but Python: Apache Kafka and a mail server, from PyPI and Maven.

Needs the extra `ouvidor[local]`. Linux and macOS: process groups and file locks are POSIX's.
"""
