"""The words that a rule author needs: rule, verdict, evidence, threshold, override. Nothing else."""
