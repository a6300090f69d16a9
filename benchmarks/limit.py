"""The limit: one SQL statement makes the JSON, and a bare function returns it. What no framework can be faster than."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from django.db import connection

ROW = """
json_build_object(
  'id', t.id, 'force', f.slug,
  'finding', json_build_object(
    'id', n.id, 'reference', n.reference, 'kind', n.kind, 'scope', n.scope, 'heading', nullif(n.heading, ''), 'text', n.text,
    'summary', nullif(n.summary, ''), 'report', json_build_object('id', r.id, 'title', r.title, 'cycle', c.code, 'pillar', r.pillar,
      'published_on', r.published_on, 'updated_on', r.updated_on)),
  'status', t.status, 'position', t.position, 'due_on', t.due_on, 'due_precision', t.due_precision, 'target_on', t.target_on,
  'overdue', t.status IN ('open', 'partly_complied') AND coalesce(t.due_on, t.target_on) < current_date,
  'lead', t.lead, 'owner', o.username, 'closing_plan', t.closing_plan, 'shortfall_reason', t.shortfall_reason,
  'stands_from', t.stands_from, 'recurs', t.recurs, 'contradicted', t.contradicted, 'successor', t.successor_id, 'last_word', t.last_word_id,
  'elements', (SELECT coalesce(json_agg(json_build_object('id', te.id, 'position', e.position, 'text', e.text, 'status', te.status,
      'due_on', e.due_on) ORDER BY e.position), '[]') FROM tracking_trackedelement te JOIN findings_element e ON e.id = te.element_id
      WHERE te.tracked_finding_id = t.id),
  'version', t.version,
  'last_change', json_build_object('id', h.id, 'from_status', h.from_status, 'to_status', h.to_status, 'effective_on', h.effective_on,
    'recorded_at', h.recorded_at, 'recorded_by', h.recorded_by_name, 'basis', h.basis, 'reason', h.reason, 'hash', h.hash))
"""
JOINED = """
FROM tracking_trackedfinding t JOIN findings_force f ON f.id = t.force_id JOIN findings_finding n ON n.id = t.finding_id
JOIN findings_report r ON r.id = n.report_id LEFT JOIN findings_cycle c ON c.id = r.cycle_id LEFT JOIN tracking_user o ON o.id = t.owner_id
LEFT JOIN tracking_statuschange h ON h.id = t.last_change_id
"""
MAY = """
t.force_id IN (SELECT m.force_id FROM tracking_apitoken k JOIN tracking_membership m ON m.user_id = k.user_id
  WHERE k.digest = %s AND k.expires_at > now())
"""
# The fifty first, and the JSON of those alone.
LIST = f"""
SELECT json_build_object('results', coalesce(json_agg({ROW} ORDER BY t.due_on ASC NULLS LAST, t.id), '[]'))::text
{JOINED.replace("FROM tracking_trackedfinding t", "FROM (SELECT t.* FROM tracking_trackedfinding t JOIN findings_force f ON f.id = t.force_id"
    f" WHERE {MAY} AND f.slug = %s ORDER BY t.due_on ASC NULLS LAST, t.id LIMIT 50) t")}
"""  # fmt: skip
DETAIL = f"SELECT ({ROW})::text {JOINED} WHERE {MAY} AND t.id = %s"
CHANGE = f"""
WITH moved AS (
  UPDATE tracking_trackedfinding t SET status = %s, version = t.version + 1, changed_at = now() WHERE {MAY} AND t.id = %s
  RETURNING t.id, t.force_id),
logged AS (
  INSERT INTO tracking_statuschange (tracked_finding_id, from_status, to_status, effective_on, recorded_at, recorded_by_name, basis,
    evidence_id, reason, previous_hash, hash)
  SELECT m.id, 'open', %s, current_date, now(), 'limit', 'evidence', %s, 'So it is.', md5(random()::text), md5(random()::text) FROM moved m
  RETURNING id, tracked_finding_id, to_status),
told AS (
  INSERT INTO tracking_event (kind, force_id, tracked_finding_id, status_change_id, subject, happened_at)
  SELECT 'status_changed', m.force_id, m.id, l.id, l.id, now() FROM moved m JOIN logged l ON l.tracked_finding_id = m.id)
SELECT json_build_object('id', id, 'to_status', to_status)::text FROM logged
"""  # fmt: skip


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """List, detail and change of status, each by its one statement."""
    digest = hashlib.sha256(environ["HTTP_AUTHORIZATION"].removeprefix("Token ").encode()).hexdigest()
    query = parse_qs(environ["QUERY_STRING"])
    with connection.cursor() as cursor:
        if environ["REQUEST_METHOD"] == "POST":
            tracked, evidence = query["tracked"][0], query["evidence"][0]
            cursor.execute(CHANGE, ["partly_complied", digest, tracked, "partly_complied", evidence])
        elif "id" in query:
            cursor.execute(DETAIL, [digest, query["id"][0]])
        else:
            cursor.execute(LIST, [digest, query["force"][0]])
        found = cursor.fetchone()
    # Text as the database made it: no Python object in between.
    start_response("200 OK" if found else "404 Not Found", [("Content-Type", "application/json")])
    return [found[0].encode() if found else b""]
