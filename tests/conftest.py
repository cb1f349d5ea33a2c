"""Settings for all tests."""

from hypothesis import settings

# A busy machine is slow, not wrong: no test fails by the time an example takes.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")
