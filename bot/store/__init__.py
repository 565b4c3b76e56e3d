"""The edge to Redis or Valkey: the only importer of redis."""
