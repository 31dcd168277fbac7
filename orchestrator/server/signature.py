"""Whether a webhook comes from whom it should: a secret that both sides know.

GitHub, Gitea and Forgejo sign the body with it, GitLab sends it along, and so may anybody in
`Authorization: Bearer`.
"""

from __future__ import annotations

import hashlib
import hmac

from aiohttp import web

from orchestrator.server.problems import Problem, kind_of


def refuse_forged(request: web.Request, body: bytes, secret: str) -> None:
    """Let only those pass who know the secret.

    Raises:
        Problem: none is declared here, or it is not theirs.
    """
    if not secret:
        raise Problem(
            404,
            "no secret is declared for this: 'library: {webhook_secret: !secret NAME}' in the "
            "cluster document",
            kind=kind_of("no-secret"),
        )
    headers = request.headers
    signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    said = (
        (headers.get("X-Hub-Signature-256", ""), f"sha256={signed}"),
        (headers.get("X-Gitea-Signature", ""), signed),
        (headers.get("X-Gitlab-Token", ""), secret),
        (headers.get("Authorization", ""), f"Bearer {secret}"),
    )
    if not any(_same(given, right) for given, right in said):
        raise Problem(403, "this was not signed with the secret", kind=kind_of("forged"))


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())
