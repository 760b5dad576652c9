"""What comes in and goes out over HTTP. Descriptions are read by the portal's developers."""
