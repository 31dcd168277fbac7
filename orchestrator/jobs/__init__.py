"""The built-in jobs: pure steps that regulate one vessel. `registry` knows them by name."""
