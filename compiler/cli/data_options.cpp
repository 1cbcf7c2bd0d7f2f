#include "cli/command.hpp"

namespace mote::cli {

void add_data_options(CLI::App& command, DataOptions& options) {
  command
      .add_option("--label", options.labels,
                  "Column of a .csv (name, or number from 1) or array of a .npz with the right answers; several columns for several "
                  "numbers. By default y in a .npz; in a .csv with one column more than the model takes, the one named label, class, "
                  "target or y, else the last")
      ->delimiter(',')
      ->type_name("COLUMN");
  command.add_option("--ignore", options.ignored, "Columns of a .csv to leave out")->delimiter(',')->type_name("COLUMN");
  command
      .add_option("--mean", options.mean,
                  "The model takes (value - mean) * scale: one number, or one per channel. Pixels are 0 to 255, sound is -1 to 1")
      ->delimiter(',')
      ->type_name("NUMBER");
  command.add_option("--scale", options.scale, "See --mean")->delimiter(',')->type_name("NUMBER");
  command.add_flag("--allow-nan", options.allow_nan, "Missing values and NaN reach the model as NaN instead of being an error");
}

}  // namespace mote::cli
