def pytest_configure(config):
    config.addinivalue_line("markers", "heavy: takes minutes; run by `make test-full`")
