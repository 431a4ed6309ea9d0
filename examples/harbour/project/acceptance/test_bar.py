"""What the harbour master checks by hand: when the bar may be crossed."""

import unittest

from tidebook.table import Tide
from tidebook.windows import windows

MORNING = [Tide(20, "low", 92), Tide(392, "high", 418), Tide(764, "low", 74)]


class BarTest(unittest.TestCase):
    def test_a_boat_that_just_clears_the_bar_may_cross_at_high_water(self):
        # 150 cm of bar, 30 cm under the keel and 238 cm of draught need 418 cm, and 418 cm come
        crossing = windows(MORNING, draught_cm=238)
        self.assertTrue(any(start <= 392 <= end for start, end in crossing), crossing)

    def test_a_boat_that_is_one_centimetre_too_deep_stays_in(self):
        self.assertEqual(windows(MORNING, draught_cm=239), [])


if __name__ == "__main__":
    unittest.main()
