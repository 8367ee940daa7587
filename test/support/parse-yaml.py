# Reads YAML with Debian's python3-yaml and writes it as JSON. Ends with 77 where that is not installed.
import json
import sys

try:
    import yaml
except ImportError:
    sys.exit(77)

json.dump(yaml.safe_load(sys.stdin), sys.stdout)
