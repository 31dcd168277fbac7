"""`axenic lsp`: Axenic's language server, a thin shell around `documents/assist`."""
