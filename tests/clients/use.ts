// What a portal would do with the API, by a client that its schema types: any name or value that the schema does not know
// does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const { PEELTRACK_URL, PEELTRACK_TOKEN, EVIDENCE } = process.env;
const api = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: PEELTRACK_URL ?? "",
  headers: { Authorization: `Token ${PEELTRACK_TOKEN}` },
});

const listed = await api.GET("/api/v1/tracked-findings/", { params: { query: { status: ["open"], overdue: false } } });
if (!listed.data) throw new Error(JSON.stringify(listed.error));
const first: components["schemas"]["TrackedFinding"] = listed.data.results[0];

const move: components["schemas"]["Move"] = {
  tracked_finding: first.id,
  to_status: "achieved",
  basis: "evidence",
  evidence: Number(EVIDENCE),
  effective_on: "2024-05-01",
  reason: "The audit shows it.",
};
const moved = await api.POST("/api/v1/status-changes/", {
  body: [move],
  params: { header: { "Idempotency-Key": "portal-1" } },
});
if (!moved.data) throw new Error(JSON.stringify(moved.error));
const refused = await api.POST("/api/v1/status-changes/", { body: move });

const now = await api.GET("/api/v1/tracked-findings/{id}/", { params: { path: { id: first.id } } });
console.log(
  JSON.stringify({
    listed: listed.data.results.length,
    heading: first.finding.report.title,
    status: now.data?.status,
    refused: refused.error?.code,
    allowed: refused.error?.allowed,
  }),
);
