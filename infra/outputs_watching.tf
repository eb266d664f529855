output "dashboard_address" {
  description = "The dashboard: the flow from left to right."
  value       = local.dashboard_address
}

output "analytics_views" {
  description = "What to query in BigQuery; empty without analytics."
  value       = concat(compact([local.messages_view]), [for view in google_bigquery_table.view : "${var.project_id}.${view.dataset_id}.${view.table_id}"])
}
