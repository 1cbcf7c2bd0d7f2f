#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/types.hpp"
#include "support/error.hpp"

namespace mote {

/// A model that is sound but holds what mote cannot compile: all of it, and what stands in the file.
class UnsupportedModel : public Error {
 public:
  struct Row {
    std::string name, type;
    Shape shape;
  };
  UnsupportedModel(std::vector<std::string> reasons, std::vector<Row> operators);
  const std::vector<std::string>& reasons() const { return reasons_; }
  /// Every operator of the file with its first output's declared type and shape.
  const std::vector<Row>& operators() const { return operators_; }

 private:
  std::vector<std::string> reasons_;
  std::vector<Row> operators_;
};

/// What cannot be compiled, gathered over a whole model: each reason once, with how often it occurs.
class Unsupported {
 public:
  void add(const std::string& reason);
  bool empty() const { return order_.empty(); }
  /// In the order in which they were found.
  std::vector<std::string> reasons() const;

 private:
  std::map<std::string, int> counts_;
  std::vector<std::string> order_;
};

}  // namespace mote
