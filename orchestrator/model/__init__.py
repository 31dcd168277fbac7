"""What an experiment is: values, units and the expression tree. Standard library only."""
