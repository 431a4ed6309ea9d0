"""The clock reads and writes times of day."""

import unittest

from tidebook.clock import clock, minutes


class ClockTest(unittest.TestCase):
    def test_a_time_is_read_as_minutes_since_midnight(self):
        self.assertEqual(minutes("06:32"), 392)

    def test_every_minute_of_the_day_survives_being_written_and_read(self):
        for minute in range(24 * 60):
            self.assertEqual(minutes(clock(minute)), minute)

    def test_what_is_no_time_is_refused(self):
        for text in ("", "noon", "24:00", "12:60", "-1:30"):
            with self.assertRaises(ValueError):
                minutes(text)


if __name__ == "__main__":
    unittest.main()
