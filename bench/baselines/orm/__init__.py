"""The operations face as a Django engineer writes it first: a guarded update and an insert."""
