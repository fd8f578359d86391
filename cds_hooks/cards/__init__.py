"""From advice to cards. Text of the chart is escaped here and nowhere else."""
