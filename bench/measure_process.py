"""Runs a command and prints its wall time and peak memory as JSON: measure_process.py <command> [arguments...]"""
import json
import resource
import subprocess
import sys
import time

start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"milliseconds": seconds * 1000, "peak": peak, "status": done.returncode, "error": done.stderr[-2000:]}))
