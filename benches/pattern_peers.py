"""Seconds and number of patterns that a peer takes and finds: pattern_peers.py mlxtend|prefixspan FILE MIN_SHARE"""
import math
import sys
import time

which, path, share = sys.argv[1], sys.argv[2], float(sys.argv[3])
customers = [[[int(i) for i in day.split()] for day in line.split(";")] for line in open(path).read().split("\n")]
if which == "mlxtend":
    import pandas as pd
    from mlxtend.frequent_patterns import fpgrowth
    from mlxtend.preprocessing import TransactionEncoder

    baskets = [day for days in customers for day in days]
    start = time.perf_counter()
    encoder = TransactionEncoder()
    frame = pd.DataFrame.sparse.from_spmatrix(encoder.fit_transform(baskets, sparse=True))
    frame.columns = [str(name) for name in encoder.columns_]
    found = len(fpgrowth(frame, min_support=math.ceil(len(baskets) * share) / len(baskets) - 1e-12, max_len=4))
else:
    from prefixspan import PrefixSpan

    sequences = [[day[0] for day in days] for days in customers]
    start = time.perf_counter()
    search = PrefixSpan(sequences)
    search.maxlen = 3
    found = len(search.frequent(math.ceil(len(sequences) * share)))
print(time.perf_counter() - start, found)
