"""Seconds that lifetimes needs to fit BG/NBD to the histories of a CSV file with x, t_x and t in weeks."""
import sys
import time

import pandas as pd
from lifetimes import BetaGeoFitter

data = pd.read_csv(sys.argv[1])
start = time.perf_counter()
BetaGeoFitter().fit(data.x, data.t_x, data.t)
print(time.perf_counter() - start)
