import pytest, time
from tests.integration.faults.stage import Stage
from tests.integration.faults import worker as w
from orchestrator.models import *
pytestmark = pytest.mark.django_db(transaction=True)
def test_a(tmp_path, data):
    stage = Stage(tmp_path); stage.play()
def test_x(tmp_path, data):
    t=time.time()
    stage = Stage(tmp_path)
    print("stage", time.time()-t); t=time.time()
    p=stage.worker(); print("forked", time.time()-t)
    print(stage.end_of(p), time.time()-t)
    for e in Event.objects.filter(chain=stage.run.pk): print(e.at[14:23], e.kind, e.step)
    print(time.time()); t=time.time()
    stage.play(); print("play", time.time()-t); t=time.time()
    stage.assert_done(); print("inv", time.time()-t)
def test_prof(tmp_path, data):
    stage = Stage(tmp_path)
    import cProfile, pstats
    pr=cProfile.Profile(); pr.enable()
    stage.hand.work()
    pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(45)
