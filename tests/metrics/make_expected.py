#!/usr/bin/env python3
"""Writes expected.inc: random cases and what scikit-learn says about them. Usage: make_expected.py > expected.inc (needs scikit-learn and NumPy)"""

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(7)


def numbers(values):
    return "{" + ", ".join(repr(float(v)) if isinstance(v, (float, np.floating)) else str(int(v)) for v in values) + "}"


def classification(count, classes):
    truth = rng.integers(0, classes, count)
    scores = rng.integers(0, 6, (count, classes)) / 8.0  # equal scores occur
    scores[np.arange(count), truth] += rng.integers(0, 4, count) / 8.0
    predicted = scores.argmax(1)
    report = metrics.precision_recall_fscore_support(truth, predicted, labels=range(classes), zero_division=0)
    averages = [v for kind in ("macro", "weighted") for v in metrics.precision_recall_fscore_support(truth, predicted, average=kind, zero_division=0)[:3]]
    print(f"  {{{classes}, {numbers(truth)}, {numbers(predicted)},\n  {numbers(metrics.confusion_matrix(truth, predicted, labels=range(classes)).ravel())},")
    print(f"  {numbers(report[0])}, {numbers(report[1])}, {numbers(report[2])},")
    recalls = [r for r, s in zip(report[1], report[3]) if s]
    print(f"  {metrics.accuracy_score(truth, predicted)!r}, {float(np.mean(recalls))!r}, {numbers(np.array(averages, float))}}},")


def ranking(count, levels):
    truth = rng.integers(0, 2, count)
    truth[:2] = 0, 1
    scores = rng.integers(0, levels, count) / 16.0 + truth / 4.0
    precision, recall, thresholds = metrics.precision_recall_curve(truth, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    f1 = f1[:-1]
    best = len(f1) - 1 - int(np.argmax(f1[::-1]))
    false_rate, true_rate, roc_thresholds = metrics.roc_curve(truth, scores, drop_intermediate=False)
    youden = int(np.argmax((true_rate - false_rate)[1:])) + 1
    print(f"  {{{numbers(truth)}, {numbers(scores)},\n  {float(metrics.roc_auc_score(truth, scores))!r}, {float(metrics.average_precision_score(truth, scores))!r}, "
          f"{float(thresholds[best])!r}, {float(f1[best])!r}, {float(roc_thresholds[youden])!r}, {float((true_rate - false_rate)[youden])!r}}},")


def regression(count, outputs):
    truth = np.round(rng.normal(3, 2, (count, outputs)), 3)
    predicted = np.round(truth + rng.normal(0.2, 1, (count, outputs)), 3)
    values = [metrics.mean_absolute_error(truth, predicted), np.sqrt(metrics.mean_squared_error(truth, predicted, multioutput="raw_values")).mean(),
              metrics.r2_score(truth, predicted), np.abs(truth - predicted).max(), (predicted - truth).mean()]
    print(f"  {{{outputs}, {numbers(truth.T.ravel())}, {numbers(predicted.T.ravel())},\n  {numbers(np.array(values))}}},")


print("// Made by make_expected.py with scikit-learn.")
print("const std::vector<ClassificationCase> kClassifications{")
for count, classes in ((12, 2), (20, 3), (25, 4), (30, 9), (5, 7)):
    classification(count, classes)
print("};\nconst std::vector<RankingCase> kRankings{")
for count, levels in ((2, 4), (10, 3), (25, 8), (40, 1000)):
    ranking(count, levels)
print("};\nconst std::vector<RegressionCase> kRegressions{")
for count, outputs in ((9, 1), (12, 3)):
    regression(count, outputs)
print("};")
