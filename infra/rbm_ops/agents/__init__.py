"""Stop sending as an agent, go on, and see how all agents stand: `rbm pause`, `rbm resume`, `rbm agents`."""
