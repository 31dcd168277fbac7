"""Why a run did what it did, and why it did not: its ledger, in sentences."""
