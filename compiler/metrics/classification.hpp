#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mote {

/// How one class fares. What would divide by zero is 0, as in scikit-learn.
struct ClassMetrics {
  std::int64_t support = 0;    ///< samples that are of the class
  std::int64_t predicted = 0;  ///< samples that were said to be
  double precision = 0, recall = 0, f1 = 0;
};

struct ClassificationMetrics {
  std::vector<std::vector<std::int64_t>> confusion;  ///< [right class][predicted class]
  std::vector<ClassMetrics> classes;
  std::int64_t samples = 0, correct = 0;
  double accuracy = 0;
  double balanced_accuracy = 0;  ///< mean recall of the classes that occur
  ClassMetrics macro;            ///< mean over the classes that occur or were predicted; support is all samples
  ClassMetrics weighted;         ///< mean weighted by support
};

/// Both lists hold class indices from 0 to `class_count` - 1, equally many and at least one; InternalError otherwise.
ClassificationMetrics classification_metrics(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
                                             std::int32_t class_count);

/// A kind of mistake and how often it was made.
struct Confusion {
  std::int32_t truth = 0, predicted = 0;
  std::int64_t count = 0;
};

/// The mistakes that were made most often, most frequent first, equal ones by class; at most `limit`.
std::vector<Confusion> worst_confusions(const ClassificationMetrics& metrics, std::size_t limit);

/// The part of samples whose right class is among the `k` highest scores; of equal scores the lower class counts first.
double top_k_accuracy(std::span<const std::int32_t> truth, const std::vector<std::vector<double>>& scores, std::size_t k);

}  // namespace mote
