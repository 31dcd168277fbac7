"""Pioreactor's profiles, and its descriptors of jobs, automations and charts."""

from orchestrator.documents.importing.pioreactor.convert import Imported, import_pioreactor
from orchestrator.documents.importing.pioreactor.options import Options

__all__ = ["Imported", "Options", "import_pioreactor"]
