"""The services as processes: leader, worker, keeper, bench, broker."""
