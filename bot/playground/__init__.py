"""What `incident-bot playground` is made of: a local Slack, a sample Aionis and the page that shows them."""
