import sys; sys.path.insert(0,"/tmp/frame")
import timing
from tests.browser.test_census import *
del TestTheCensusItself, test_error_pages_are_accessible_too, test_the_role_less_are_told_what_to_do
def test_zzz(): print("ACC", timing.acc, len(ROWS))
