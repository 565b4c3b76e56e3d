"""What whoever runs the bot has set: settings, and the files they name. The only reader of the environment."""
