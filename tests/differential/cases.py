"""All case generators, by operator (`OPERATORS`), in the order of the table in tflm_support.md."""

from case import OPERATORS
import cases_linear  # noqa: F401
import cases_elementwise  # noqa: F401
import cases_window  # noqa: F401
import cases_shape  # noqa: F401
import cases_convert  # noqa: F401
import cases_graph  # noqa: F401
import cases_recurrent  # noqa: F401
import cases_signal  # noqa: F401

__all__ = ["OPERATORS"]
