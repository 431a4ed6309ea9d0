"""One small file per page: method, permission, one action or query, one render."""
