"""The edge to Redis or Valkey: the only importer of redis and docket."""

import os

# Docket brings a key-value library that checks its own types at run time; building the checks takes 0.1 s of every start, and
# the store they guard holds results, which our jobs have none of. Set before docket is imported anywhere.
os.environ.setdefault("PY_KEY_VALUE_DISABLE_BEARTYPE", "true")
