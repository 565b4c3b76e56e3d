"""Reading from Aionis what a diagnosis, a comparison, a card and the evidence table need."""
