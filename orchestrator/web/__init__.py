"""The dashboard: sockets carry news, HTTP carries HTML."""
