"""The one way in which the test kit says that somebody did not keep to the contract."""


class ContractBroken(AssertionError):
    """Something was done that `cc_connect.contract` does not allow, or not done that it asks for.

    It is an AssertionError so that a test fails by it, rather than ends in error.
    """
