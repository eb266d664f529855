mock_provider "google" {
  source          = "./tests/mocks"
  override_during = plan
}

mock_provider "google" { alias = "billing" }
mock_provider "google-beta" {}
mock_provider "time" {}

variables {
  project_id = "demo-project"
}

run "flow_from_left_to_right" {
  command = plan

  assert {
    condition = [for tile in jsondecode(google_monitoring_dashboard.flow.dashboard_json).mosaicLayout.tiles : tile.widget.title if can(tile.widget.scorecard)] == [
      "Requested", "Accepted by the platform", "Refused for good", "Callbacks answered", "Events published", "Events recorded", "Updates published", "Dead letters waiting",
    ]
    error_message = "The numbers stand in the order of the flow."
  }

  assert {
    condition     = [for tile in jsondecode(google_monitoring_dashboard.flow.dashboard_json).mosaicLayout.tiles : try(tile.xPos, 0) if can(tile.widget.text)] == [0, 12, 24, 36]
    error_message = "Every stage is a column, from left to right."
  }

  assert {
    condition = alltrue([
      for tile in jsondecode(google_monitoring_dashboard.flow.dashboard_json).mosaicLayout.tiles : try(tile.xPos, 0) + tile.width <= 48
    ])
    error_message = "No tile reaches beyond the 48 columns."
  }

  # As fields: each tile as a list of the cells that it covers.
  assert {
    condition = length(flatten([
      for tile in jsondecode(google_monitoring_dashboard.flow.dashboard_json).mosaicLayout.tiles :
      [for x in range(try(tile.xPos, 0), try(tile.xPos, 0) + tile.width) : [for y in range(try(tile.yPos, 0), try(tile.yPos, 0) + tile.height) : "${x} ${y}"]]
      ])) == length(toset(flatten([
        for tile in jsondecode(google_monitoring_dashboard.flow.dashboard_json).mosaicLayout.tiles :
        [for x in range(try(tile.xPos, 0), try(tile.xPos, 0) + tile.width) : [for y in range(try(tile.yPos, 0), try(tile.yPos, 0) + tile.height) : "${x} ${y}"]]
    ])))
    error_message = "Tiles do not overlap."
  }

  assert {
    condition = length(setsubtract(
      [for metric in concat(values(google_logging_metric.duration), [for event in ["webhook_event_published", "send_request_done", "correlate_event_recorded", "send_fallback_requested", "correlate_fallback_requested", "sweep_done", "sweep_message_unresolved"] : google_logging_metric.event[event]]) : metric.name],
      [for found in regexall("logging.googleapis.com/user/([a-z/_]+)", google_monitoring_dashboard.flow.dashboard_json) : found[0]],
    )) == 0
    error_message = "Ages, lags, and what becomes of requests, events, fallbacks and sweeps are drawn."
  }

  assert {
    condition     = length(regexall("\"(xPos|yPos|value)\": *0[,}]|\\[\\]|\"outputFullDuration\": *false", google_monitoring_dashboard.flow.dashboard_json)) == 0
    error_message = "What Cloud Monitoring leaves out is left out: every plan would show it as a change."
  }
}
