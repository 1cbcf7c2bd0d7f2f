"""scikit-learn's models and pipelines as ONNX with their expected outputs: sklearn/*.onnx and *.npz.

Usage: make_sklearn.py [NAME...]     without names, all of them; see make_all.sh for the environment.
"""

import sys
import warnings
from pathlib import Path
from typing import Callable

import numpy as np
from sklearn import cluster, datasets, decomposition, ensemble, linear_model, mixture, naive_bayes, neighbors, neural_network, svm, tree
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, Normalizer, RobustScaler, StandardScaler

from classical import save
from data_sets import digits, motion_features, motions

FOLDER = Path(__file__).resolve().parent / "sklearn"
NO_ZIPMAP = {"zipmap": False}
MAKERS: dict[str, Callable[[str], None]] = {}


def maker(function: Callable[[str], None]) -> Callable[[str], None]:
    MAKERS[function.__name__] = function
    return function


def table(load: Callable) -> tuple[np.ndarray, np.ndarray]:
    x, y = load(return_X_y=True)
    return x.astype(np.float32), y


def names(load: Callable) -> tuple[np.ndarray, np.ndarray]:
    """The same with the classes' names as labels."""
    data = load()
    return data.data.astype(np.float32), np.array([str(n) for n in data.target_names])[data.target]


def breast() -> tuple[np.ndarray, np.ndarray]:
    """Breast cancer's ten mean features."""
    x, y = table(datasets.load_breast_cancer)
    return x[:, :10], y


def classifier(name: str, model, data: tuple[np.ndarray, np.ndarray], scores: str = "predict_proba", options: dict | None = None) -> None:
    x, y = data
    save(FOLDER, name, model.fit(x, y), x, scores, y=y, options=options)


def regressor(name: str, model, data: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = data
    save(FOLDER, name, model.fit(x, y), x, y=y)


def on_digits(name: str, model, scores: str = "predict_proba", options: dict | None = None) -> None:
    x, y, x_test, y_test = digits()
    save(FOLDER, name, model.fit(x, y), x_test, scores, y=y_test, options=options)


# ---- beside emlearn, on digits


@maker
def digits_random_forest(name: str) -> None:
    on_digits(name, ensemble.RandomForestClassifier(20, max_depth=8, random_state=0), options=NO_ZIPMAP)


@maker
def digits_extra_trees(name: str) -> None:
    on_digits(name, ensemble.ExtraTreesClassifier(20, max_depth=8, random_state=0), options=NO_ZIPMAP)


@maker
def digits_mlp(name: str) -> None:
    on_digits(name, neural_network.MLPClassifier((32,), max_iter=300, random_state=0), options=NO_ZIPMAP)


@maker
def digits_gaussian_nb(name: str) -> None:
    on_digits(name, naive_bayes.GaussianNB(), options=NO_ZIPMAP)


@maker
def digits_knn(name: str) -> None:
    """Of 200 points that leave no test row with its fifth and sixth neighbour equally far: which of them counts would be chance."""
    x, y, x_test, y_test = digits()
    points = np.random.RandomState(22).permutation(len(x))[:200]
    save(FOLDER, name, neighbors.KNeighborsClassifier(5).fit(x[points], y[points]), x_test, "predict_proba", y=y_test, options=NO_ZIPMAP)


@maker
def digits_gmm(name: str) -> None:
    x, _, x_test, _ = digits()
    pooled = [rows.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) for rows in (x, x_test)]
    save(FOLDER, name, mixture.GaussianMixture(4, random_state=0).fit(pooled[0]), pooled[1], "predict_proba")


# ---- other models of digits


@maker
def digits_logistic(name: str) -> None:
    on_digits(name, make_pipeline(StandardScaler(), linear_model.LogisticRegression(max_iter=1000)))


@maker
def digits_pca_logistic(name: str) -> None:
    model = make_pipeline(decomposition.PCA(16, random_state=0), linear_model.LogisticRegression(max_iter=2000))
    on_digits(name, model, options=NO_ZIPMAP)


@maker
def digits_multinomial_nb(name: str) -> None:
    on_digits(name, naive_bayes.MultinomialNB(), options=NO_ZIPMAP)


@maker
def digits_bernoulli_nb(name: str) -> None:
    on_digits(name, naive_bayes.BernoulliNB(binarize=7.5), options=NO_ZIPMAP)


@maker
def digits_kmeans(name: str) -> None:
    x, _, x_test, _ = digits()
    save(FOLDER, name, cluster.KMeans(10, n_init=3, random_state=0).fit(x), x_test, "transform")


# ---- trees


@maker
def wine_tree(name: str) -> None:
    classifier(name, tree.DecisionTreeClassifier(random_state=0), names(datasets.load_wine))


@maker
def iris_random_forest(name: str) -> None:
    classifier(name, ensemble.RandomForestClassifier(10, max_depth=4, random_state=0), names(datasets.load_iris))


@maker
def breast_extra_trees(name: str) -> None:
    classifier(name, ensemble.ExtraTreesClassifier(10, max_depth=6, random_state=0), breast(), options=NO_ZIPMAP)


@maker
def breast_gradient_boosting(name: str) -> None:
    classifier(name, ensemble.GradientBoostingClassifier(n_estimators=40, random_state=0), breast())


@maker
def wine_gradient_boosting(name: str) -> None:
    model = ensemble.GradientBoostingClassifier(n_estimators=15, max_depth=2, random_state=0)
    classifier(name, model, names(datasets.load_wine), options=NO_ZIPMAP)


@maker
def wine_hist_gradient_boosting(name: str) -> None:
    model = ensemble.HistGradientBoostingClassifier(max_iter=15, max_leaf_nodes=8, random_state=0)
    classifier(name, model, table(datasets.load_wine), options=NO_ZIPMAP)


@maker
def breast_ada_boost(name: str) -> None:
    model = ensemble.AdaBoostClassifier(n_estimators=10, random_state=0)
    classifier(name, model, breast(), options=NO_ZIPMAP)


@maker
def motions_random_forest(name: str) -> None:
    x, y = motions("TRAIN")
    x_test, y_test = motions("TEST")
    model = ensemble.RandomForestClassifier(20, random_state=0).fit(motion_features(x), y)
    save(FOLDER, name, model, motion_features(x_test), "predict_proba", y=y_test, options=NO_ZIPMAP)


@maker
def diabetes_tree(name: str) -> None:
    regressor(name, tree.DecisionTreeRegressor(max_depth=6, random_state=0), table(datasets.load_diabetes))


@maker
def diabetes_random_forest(name: str) -> None:
    regressor(name, ensemble.RandomForestRegressor(10, max_depth=6, random_state=0), table(datasets.load_diabetes))


@maker
def diabetes_gradient_boosting(name: str) -> None:
    regressor(name, ensemble.GradientBoostingRegressor(n_estimators=40, random_state=0), table(datasets.load_diabetes))


@maker
def diabetes_hist_gradient_boosting(name: str) -> None:
    regressor(name, ensemble.HistGradientBoostingRegressor(max_iter=20, random_state=0), table(datasets.load_diabetes))


@maker
def breast_isolation_forest(name: str) -> None:
    x, _ = breast()
    save(FOLDER, name, ensemble.IsolationForest(n_estimators=10, max_samples=64, random_state=0).fit(x), x, "decision_function")


# ---- linear models, supports, scalers


@maker
def iris_logistic(name: str) -> None:
    classifier(name, linear_model.LogisticRegression(max_iter=500), names(datasets.load_iris))


@maker
def breast_logistic(name: str) -> None:
    classifier(name, make_pipeline(RobustScaler(), linear_model.LogisticRegression(max_iter=500)), breast())


@maker
def iris_linear_svc(name: str) -> None:
    classifier(name, svm.LinearSVC(random_state=0), names(datasets.load_iris), "decision_function")


@maker
def breast_linear_svc(name: str) -> None:
    classifier(name, svm.LinearSVC(random_state=0), breast(), "decision_function", options={"raw_scores": True})


@maker
def wine_svc_rbf(name: str) -> None:
    classifier(name, make_pipeline(StandardScaler(), svm.SVC()), names(datasets.load_wine), "decision_function")


@maker
def breast_svc_rbf(name: str) -> None:
    classifier(name, make_pipeline(StandardScaler(), svm.SVC()), breast(), "decision_function")


@maker
def breast_svc_rbf_probability(name: str) -> None:
    model = make_pipeline(StandardScaler(), svm.SVC(probability=True, random_state=0))
    classifier(name, model, breast())


@maker
def iris_svc_poly_probability(name: str) -> None:
    model = make_pipeline(StandardScaler(), svm.SVC(kernel="poly", degree=3, coef0=1.0, probability=True, random_state=0))
    classifier(name, model, names(datasets.load_iris))


@maker
def iris_svc_linear(name: str) -> None:
    classifier(name, svm.SVC(kernel="linear"), table(datasets.load_iris), "decision_function")


@maker
def breast_svc_sigmoid(name: str) -> None:
    classifier(name, make_pipeline(StandardScaler(), svm.SVC(kernel="sigmoid")), breast(), "decision_function")


@maker
def breast_one_class_svm(name: str) -> None:
    x, _ = breast()
    save(FOLDER, name, make_pipeline(StandardScaler(), svm.OneClassSVM(nu=0.1)).fit(x), x, "decision_function")


@maker
def diabetes_svr(name: str) -> None:
    regressor(name, make_pipeline(StandardScaler(), svm.SVR(C=50.0)), table(datasets.load_diabetes))


@maker
def diabetes_linear(name: str) -> None:
    regressor(name, linear_model.LinearRegression(), table(datasets.load_diabetes))


@maker
def diabetes_ridge(name: str) -> None:
    regressor(name, make_pipeline(MinMaxScaler(), linear_model.Ridge(0.1)), table(datasets.load_diabetes))


@maker
def wine_ridge_two_targets(name: str) -> None:
    x, _ = table(datasets.load_wine)
    regressor(name, make_pipeline(MaxAbsScaler(), linear_model.Ridge()), (x[:, :11], x[:, 11:]))


@maker
def wine_sgd(name: str) -> None:
    model = make_pipeline(StandardScaler(), linear_model.SGDClassifier(loss="log_loss", random_state=0))
    classifier(name, model, table(datasets.load_wine), options=NO_ZIPMAP)


@maker
def iris_normalizer_l2(name: str) -> None:
    classifier(name, make_pipeline(Normalizer(), linear_model.LogisticRegression(C=100, max_iter=1000)), table(datasets.load_iris))


@maker
def iris_normalizer_l1(name: str) -> None:
    model = make_pipeline(Normalizer("l1"), linear_model.LogisticRegression(C=100, max_iter=1000))
    classifier(name, model, table(datasets.load_iris), options=NO_ZIPMAP)


@maker
def wine_imputer(name: str) -> None:
    x, y = table(datasets.load_wine)
    x[np.random.default_rng(0).random(x.shape) < 0.1] = np.nan
    model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), linear_model.LogisticRegression())
    classifier(name, model, (x, y), options=NO_ZIPMAP)


# ---- neighbours, naive Bayes, mixtures, networks


@maker
def wine_knn_manhattan(name: str) -> None:
    model = make_pipeline(StandardScaler(), neighbors.KNeighborsClassifier(5, metric="manhattan"))
    classifier(name, model, table(datasets.load_wine), options=NO_ZIPMAP)


@maker
def diabetes_knn(name: str) -> None:
    x, y = table(datasets.load_diabetes)
    save(FOLDER, name, neighbors.KNeighborsRegressor(4).fit(x[::3], y[::3]), x, y=y)


@maker
def iris_kmeans(name: str) -> None:
    x, y = table(datasets.load_iris)
    save(FOLDER, name, cluster.KMeans(3, n_init=3, random_state=0).fit(x), x, "transform")


@maker
def wine_gaussian_nb(name: str) -> None:
    classifier(name, naive_bayes.GaussianNB(), names(datasets.load_wine))


@maker
def iris_gmm_diagonal(name: str) -> None:
    x, _ = table(datasets.load_iris)
    save(FOLDER, name, mixture.GaussianMixture(3, covariance_type="diag", random_state=0).fit(x), x, "predict_proba")


@maker
def wine_mlp(name: str) -> None:
    model = make_pipeline(StandardScaler(), neural_network.MLPClassifier((12, 8), activation="tanh", max_iter=400, random_state=0))
    classifier(name, model, names(datasets.load_wine))


@maker
def diabetes_mlp(name: str) -> None:
    model = make_pipeline(StandardScaler(), neural_network.MLPRegressor(hidden_layer_sizes=(16,), activation="logistic", solver="lbfgs", max_iter=200, random_state=0))
    regressor(name, model, table(datasets.load_diabetes))


@maker
def breast_voting(name: str) -> None:
    members = [("tree", tree.DecisionTreeClassifier(max_depth=3, random_state=0)), ("bayes", naive_bayes.GaussianNB())]
    classifier(name, ensemble.VotingClassifier(members, voting="soft", flatten_transform=False), breast(), options=NO_ZIPMAP)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    FOLDER.mkdir(exist_ok=True)
    for wanted in sys.argv[1:] or MAKERS:
        MAKERS[wanted](wanted)
